"""Reaching out first: whom, about what, when, and whom not.

a play's life          life, directing, playbook, parameters; plays/ in code, configured by people; preview, previewing
from plan to outcome   planning, service, delivery, halting, handing, falling_back, grounds, offers, askers, replying
may we?                guardrails, frequency, selling, explaining; braking, guard: the brake
how                    choosing, channels/, wording, inbox, calling
to many                campaigns/
does it help?          piloting, pilots/, holding_out, counting, figures; views shows it
"""
