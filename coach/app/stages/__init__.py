"""The stages that a recipe lists."""
