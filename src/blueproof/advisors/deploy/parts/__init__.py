"""One builder of files each: infrastructure, image, pipeline, guide, runbook."""
