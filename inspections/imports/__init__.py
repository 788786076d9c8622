"""The kinds of file that bring batches, inspection results, outcomes of pilot runs and returns."""
