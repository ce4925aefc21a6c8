"""Networks only: no files, no downloads, no options."""
