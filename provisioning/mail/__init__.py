"""Mail to official addresses: its text, and how it is handed over. When it is sent is `lifecycle.mail.outbox`."""
