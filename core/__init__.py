"""What every package stands on: settings, clock, database, text, vectors. No business word, no import of ours."""

import os

# Set before any library with OpenMP is loaded. Its threads spin while they wait, as if they had the machine to themselves; beside threads
# of ours that costs the encoder ten times its own work (docs/decisions/0009).
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
