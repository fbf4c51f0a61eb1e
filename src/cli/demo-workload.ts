/**
 * What the demonstration runs in its cluster: a web server with a volume of its own, at an address of
 * its own. As restricted as Talos wants pods to be.
 */
export const demoWorkload = `apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: web
  labels: { app: web }
spec:
  accessModes: [ReadWriteOnce]
  resources:
    requests: { storage: 10Gi }
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: { app: web }
spec:
  selector:
    matchLabels: { app: web }
  # The volume can be at one server at a time.
  strategy: { type: Recreate }
  template:
    metadata:
      labels: { app: web }
    spec:
      securityContext:
        runAsNonRoot: true
        runAsUser: 101
        fsGroup: 101
        seccompProfile: { type: RuntimeDefault }
      containers:
        - name: web
          image: nginxinc/nginx-unprivileged:stable
          ports: [{ containerPort: 8080 }]
          securityContext:
            allowPrivilegeEscalation: false
            capabilities: { drop: [ALL] }
          volumeMounts: [{ name: pages, mountPath: /usr/share/nginx/html }]
      volumes:
        - name: pages
          persistentVolumeClaim: { claimName: web }
---
apiVersion: v1
kind: Service
metadata:
  name: web
  labels: { app: web }
spec:
  type: LoadBalancer
  selector: { app: web }
  ports: [{ port: 80, targetPort: 8080 }]
`;
