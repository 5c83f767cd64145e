"""The sample company: a seeded generator and its committed exports. `python -m data.generate` rewrites them."""
