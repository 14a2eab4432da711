"""Pure: short stable names for values."""

import json
from hashlib import blake2b


def fingerprint(*parts: object) -> str:
    """A short stable name for a value made of plain data: equal values give equal names, on every machine."""
    return blake2b(json.dumps(parts, ensure_ascii=False, sort_keys=True).encode(), digest_size=16).hexdigest()
