"""A review of infrastructure that is written down: what fails, loses data or stands open."""
