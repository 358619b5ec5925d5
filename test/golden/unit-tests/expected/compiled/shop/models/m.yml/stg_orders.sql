select id as order_id, day, amount, status from read_csv('<project>/data/orders.csv', types = {'id': 'integer', 'day': 'date', 'amount': 'decimal(10,2)', 'status': 'varchar'})
