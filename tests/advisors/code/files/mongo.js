import { MongoClient } from 'mongodb';

export default async function handler(req, res) {
  const client = new MongoClient(process.env.MONGODB_URI);
  await client.connect();
  const db = client.db('shop');
  const product = await db.collection('products').findOne({ slug: req.query.slug });
  await db.collection('products').updateOne({ _id: product._id }, { $set: { views: product.views + 1 } });
  const related = await db.collection('products').find({ category: product.category }).toArray();
  res.json({ product, related });
}
