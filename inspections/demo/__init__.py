"""Something to look at: people, products, and batches in every state."""

# What apps above this one tell, each by the dotted name of a function of (users by name, now); told last.
chapters: list[str] = []
