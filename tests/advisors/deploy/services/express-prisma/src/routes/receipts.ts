import { Router } from "express";
import multer from "multer";
import { prisma } from "../lib/prisma";
import { signedIn } from "../middleware/auth";

const upload = multer({ dest: "uploads/", limits: { fileSize: 10 * 1024 * 1024 } });

export const receipts = Router();
receipts.use(signedIn);

receipts.post("/:invoiceId", upload.single("receipt"), async (req, res) => {
  if (!req.file) return res.status(400).json({ error: "send the file as receipt" });
  const made = await prisma.receipt.create({
    data: {
      invoiceId: String(req.params.invoiceId),
      path: req.file.path,
      mimeType: req.file.mimetype,
      bytes: req.file.size,
    },
  });
  return res.status(201).json(made);
});
