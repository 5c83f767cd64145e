"""The pages, one a file: which metric goes into which chart."""
