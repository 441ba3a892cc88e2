"""Vocabulary packs: files with the terms of one counterpart, read and checked before anything is written."""
