"""Files of batches and of inspection results: read (`tables`), understood (`columns`, `parsing`), carried out (`items`)."""
