"""A Discord on this machine: HTTP, websocket and CDN over real TLS on 127.0.0.1.

simcord's backend is its memory and its manners; what goes over the wire here is what discord.py
sends to discord.com. The bot is not changed: it gets a connector that finds `discord.com` here.
Not covered: limits by bucket (a 429 comes when a test says so), voice, and whatever only the real
Discord knows.
"""
