"""Who they are, what they care about, who advises them, may we speak to them."""
