"""What may be amiss on this computer, and how to mend each."""
