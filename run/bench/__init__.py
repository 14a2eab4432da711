"""What the README's figures are measured with: `make bench`. Only this machine's own addresses, bounded in count and time."""

from run.bench.bench import bench

__all__ = ["bench"]
