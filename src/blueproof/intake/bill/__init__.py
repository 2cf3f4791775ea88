"""Bills read: pasted lines, exports as CSV, JSON of Cost Explorer and of infracost."""
