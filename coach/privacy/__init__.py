"""Payment and personal data are found and masked before anything is written."""
