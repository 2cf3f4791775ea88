"""Rules that the files of a deployment uphold, each judged on what the files mean.

A folder of Terraform, workflows, a Dockerfile and a guide is parsed once (`project.py`); a rule
looks at the places it is about and says of each what is wrong there. A word in a comment, a name
or a string that nothing runs counts for nothing.
"""
