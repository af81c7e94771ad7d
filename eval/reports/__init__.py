"""Reports of a run for readers: terminal tables, Markdown for a pull request, and one HTML page."""
