"""Working days and working hours of the city: weekends, public holidays and the Saturdays worked in
exchange.
"""

from pengcheng.kernel.workcalendar.calendar import WorkCalendar

__all__ = ["WorkCalendar"]
