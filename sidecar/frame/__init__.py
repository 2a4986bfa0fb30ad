"""What surrounds every request: headers, languages, rate limits, problem pages, logs, foreign writes."""
