"""The operators' console; a next issue builds it."""
