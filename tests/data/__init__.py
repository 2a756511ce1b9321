"""Tests of what is read, and how it becomes numbers."""
