"""Every word that people read and every question that they are asked, with the machinery that reads both.

Knows no feature and no Slack client; it hands out checked playbooks and finished wording.
"""
