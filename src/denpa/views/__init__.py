"""Pictures, pages and the progress bar. Plain data in, text out; no tensors."""
