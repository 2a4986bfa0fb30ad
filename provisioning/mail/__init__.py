"""Mail to official addresses: what it says and how it is handed over. When it is sent is `lifecycle.mail.outbox`."""
