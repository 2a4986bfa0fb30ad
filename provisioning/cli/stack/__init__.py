"""Commands `provision stack` and `provision bootstrap`: start, stop, back up and show the embedded parts."""
