"""The night: what is new is reviewed with no one watching, and in the morning a page says how it went."""
