import { Injectable } from '@nestjs/common';
import { PrismaService } from './prisma.service';
import { MailerService } from '@nestjs-modules/mailer';
import { HttpService } from '@nestjs/axios';
import { firstValueFrom } from 'rxjs';

@Injectable()
export class OrderService {
  constructor(
    private prisma: PrismaService,
    private mailer: MailerService,
    private http: HttpService,
  ) {}

  async checkout(userId: string, cartId: string) {
    return this.prisma.$transaction(async (tx) => {
      const cart = await tx.cart.findUniqueOrThrow({ where: { id: cartId }, include: { items: true } });
      for (const item of cart.items) {
        const product = await tx.product.findUniqueOrThrow({ where: { id: item.productId } });
        if (product.stock < item.qty) throw new Error('sold out');
        await tx.product.update({ where: { id: product.id }, data: { stock: product.stock - item.qty } });
      }
      const payment = await firstValueFrom(this.http.post('https://pay.example/charge', { userId, total: cart.total }));
      const order = await tx.order.create({ data: { userId, paymentId: payment.data.id } });
      await this.mailer.sendMail({ to: payment.data.email, subject: 'Order', text: order.id });
      return order;
    });
  }
}
