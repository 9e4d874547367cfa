"""What operators and writers of playbooks type: the doctor, the record, counters, reports, playbook files."""
