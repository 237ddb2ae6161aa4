"""A recording becomes a conversation: decoding, activity, recognition, imports, who is the agent."""
