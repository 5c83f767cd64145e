"""What SQL cannot do portably: intervals, survival curves and comparisons, over rows that the SQL returned."""
