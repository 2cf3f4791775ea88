import { Controller, Get, Param, Query, Req, UseGuards } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { JwtAuthGuard } from '../auth/jwt.guard';
import { Order } from './order.entity';
import { OrderItem } from './order-item.entity';

@Controller('orders')
@UseGuards(JwtAuthGuard)
export class OrdersController {
  constructor(
    @InjectRepository(Order) private readonly orders: Repository<Order>,
    @InjectRepository(OrderItem) private readonly items: Repository<OrderItem>,
  ) {}

  @Get()
  async list(@Req() req: any, @Query('page') page = 1) {
    const orders = await this.orders.find({
      where: { customerId: req.user.id },
      order: { createdAt: 'DESC' },
      take: 25,
      skip: (page - 1) * 25,
    });
    for (const order of orders) {
      order.items = await this.items.find({ where: { orderId: order.id } });
    }
    return orders;
  }

  @Get(':id')
  async one(@Param('id') id: string) {
    return this.orders.findOne({ where: { id } });
  }
}
