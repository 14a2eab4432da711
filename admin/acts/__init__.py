"""What operators do: every function asks for a right first, changes rows, and leaves a line in the audit, in one transaction."""
