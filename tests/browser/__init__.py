"""Tests of the pages in a browser: the system's Chromium, a service over the real snapshot."""
