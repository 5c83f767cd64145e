"""A vendor's file becomes canonical rows: read (bytes → cells), recognise (headers → columns), convert (cells → rows).

A file is parsed in a child process (`python -m metrics.exports.worker REQUEST.json`), which leaves one directory per
object found: `report.json`, a Parquet file per canonical table, and the rejected rows in their original columns.
"""
