"""Any recording a phone system makes becomes lanes of 16 kHz sound, in slices, or is refused with a reason."""
