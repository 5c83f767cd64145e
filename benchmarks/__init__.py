"""How fast the product is against hand-written SQL and pandas: run `python -m benchmarks`."""
