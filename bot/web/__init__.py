"""The gateway's doors for browsers and terminals, on aiohttp.

`routes.py` lists every route with who may enter; `middleware/` holds one concern a file.
"""
