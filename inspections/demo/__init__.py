"""Something to look at: people, products, and batches in every state."""
