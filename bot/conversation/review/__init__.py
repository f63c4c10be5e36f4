"""What a supervisor does with what is shared with them: the queue, and where a review stands."""
