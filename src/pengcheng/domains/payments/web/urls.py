"""Addresses of payments."""

from django.urls import path

from pengcheng.domains.payments.web import book, desk, orders, refunds, wallet

portal_urls = [
    path("payments/", orders.orders, name="orders"),
    path("payments/<uuid:order_id>/", orders.order, name="order"),
    path("payments/<uuid:order_id>/pay/", orders.pay, name="pay"),
    path("payments/<uuid:order_id>/cancel/", orders.cancel, name="cancel"),
    path("payments/<uuid:order_id>/refund/", refunds.ask, name="ask-refund"),
    path("payments/<uuid:order_id>/receipt/", orders.receipt, name="receipt"),
    path("simulated-wallet/<uuid:number>/", wallet.bill, name="wallet"),
]

workbench_urls = [
    path("payments/", desk.orders, name="desk"),
    path("payments/<uuid:order_id>/", desk.order, name="desk-order"),
    path("payments/refunds/<uuid:refund_id>/", refunds.decide, name="decide-refund"),
    path("payments/days/", desk.days, name="days"),
    path("payments/days/<slug:day>/<slug:step>/", desk.day_step, name="day-step"),
    path("payments/differences/<uuid:difference_id>/", desk.resolve, name="resolve"),
    path("payments/operator/", desk.operator, name="operator"),
    path("payments/book/", book.book, name="book"),
    path("payments/book.csv", book.export, name="book-export"),
]
