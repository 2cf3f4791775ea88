import { Body, Controller, Headers, Post, HttpCode } from '@nestjs/common';
import { OrdersService } from './orders.service';
import { MailService } from './mail.service';

@Controller('webhooks')
export class WebhooksController {
  constructor(private orders: OrdersService, private mail: MailService) {}

  @Post('paypal')
  @HttpCode(200)
  async paypal(@Body() body: any, @Headers('paypal-transmission-id') id: string) {
    if (body.event_type === 'PAYMENT.CAPTURE.COMPLETED') {
      const order = await this.orders.findByCapture(body.resource.id);
      await this.orders.update(order.id, { status: 'paid' });
      await this.mail.sendReceipt(order.email);
    }
    return { ok: true };
  }
}
