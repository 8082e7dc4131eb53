"""The adapter for prefork servers, part by part; subjects/server.py starts it.

What is in app/ runs in the server's processes, which are measured, and imports
little; all else runs in the adapter, which is not."""
