"""The classic mistakes as predictions of numbers, and their words."""
