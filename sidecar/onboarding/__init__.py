"""Registration of OIS: application, agreement, checks, conclusion. Source: order cl. 6."""
