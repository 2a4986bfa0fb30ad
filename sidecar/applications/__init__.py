"""Applications of OIS: the parts that the onboarding pages, the API and the desk share."""
