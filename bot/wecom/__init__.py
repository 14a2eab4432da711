"""The only place that knows WeCom."""
